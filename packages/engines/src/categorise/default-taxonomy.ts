import type { Taxonomy } from "./taxonomy.ts";

/**
 * A first list of categories, in English, for a shop that has none: the names of the two upper levels of Shopify's Standard
 * Product Taxonomy, release 2024-07, of which what few shops sell was left out (services, mature, most of business and
 * industry). The telling words are ours. A module of its own, so that only who asks for it loads it.
 *
 * Source of the names: https://github.com/Shopify/product-taxonomy, under the MIT licence:
 *
 * Copyright (c) Shopify
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
 * files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
 * modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
 * Software is furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
 * WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
 * COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
 * ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */
export const defaultTaxonomy: Taxonomy = {
  name: "Shopify Standard Product Taxonomy 2024-07",
  categories: entries(`
Animals & Pet Supplies > Pet Supplies | pet dog puppy cat kitten bird parrot fish aquarium hamster rabbit leash collar kennel litter kibble chew treat cage flea grooming
Apparel & Accessories > Clothing | clothing shirt t-shirt tshirt tee blouse polo pants trousers jeans shorts dress skirt jacket coat hoodie sweater jumper cardigan sock underwear bra pyjama pajama leggings swimsuit suit vest uniform cotton sleeve mens womens
Apparel & Accessories > Clothing Accessories | hat cap beanie scarf shawl glove mitten belt tie bow-tie sunglasses cufflink suspender headband hair clip bandana
Apparel & Accessories > Costumes & Accessories | costume mask wig fancy dress halloween cosplay
Apparel & Accessories > Handbags, Wallets & Cases | handbag purse wallet clutch cardholder card holder shoulder crossbody
Apparel & Accessories > Jewelry | jewelry jewellery necklace pendant bracelet bangle earring ring anklet brooch charm watch wristwatch gold silver pearl diamond gemstone
Apparel & Accessories > Shoes | shoe sneaker trainer boot sandal slipper heel loafer flip flop footwear clog pump
Arts & Entertainment > Hobbies & Creative Arts | craft paint brush canvas easel yarn wool knitting crochet sewing fabric thread needle bead embroidery scrapbook guitar piano violin drum flute ukulele instrument model kit clay ribbon button sticker stamp
Arts & Entertainment > Party & Celebration | party birthday balloon bunting garland gift wrap wrapping banner confetti candle streamer invitation trophy wedding christmas cracker
Baby & Toddler > Baby Bathing | baby bath tub shampoo rinse
Baby & Toddler > Baby Health | baby pacifier teether thermometer aspirator dummy wipes lotion infant
Baby & Toddler > Baby Safety | baby monitor gate safety lock guard
Baby & Toddler > Baby Toys & Activity Equipment | baby rattle activity gym walker bouncer mobile
Baby & Toddler > Baby Transport | stroller pram pushchair carrier sling car seat infant
Baby & Toddler > Diapering | diaper nappy wipe changing rash pants newborn
Baby & Toddler > Nursing & Feeding | baby bottle breast pump nipple bib formula sterilizer feeding sippy puree cereal weaning infant
Business & Industrial > Food Service | takeaway disposable container catering vending foil tray paper cup straw
Business & Industrial > Medical | surgical scalpel stethoscope syringe gown medical hospital disposable
Business & Industrial > Retail | cash register till price label shopping bag mannequin display rack
Business & Industrial > Science & Laboratory | laboratory lab beaker pipette microscope test tube flask petri
Business & Industrial > Signage | sign signage warning notice open closed plaque metal sign
Business & Industrial > Work Safety Protective Gear | hard hat safety goggles respirator protective vest hi-vis ear defender
Cameras & Optics > Camera & Optic Accessories | tripod lens flash filter camera bag strap battery grip gimbal
Cameras & Optics > Cameras | camera digital dslr mirrorless camcorder action instant compact megapixel mp zoom canon nikon fujifilm olympus webcam trail
Cameras & Optics > Optics | binoculars telescope monocular scope rangefinder
Cameras & Optics > Photography | darkroom film developer studio backdrop softbox photo paper
Electronics > Audio | headphone earphone earbud headset speaker soundbar microphone amplifier receiver turntable radio mp3 subwoofer hi-fi stereo bluetooth dab
Electronics > Circuit Boards & Components | resistor capacitor arduino raspberry circuit board sensor transistor led diode breadboard relay
Electronics > Communications | phone smartphone mobile iphone samsung galaxy nokia motorola sim unlocked android 4g 5g telephone cordless walkie talkie answering two-way
Electronics > Computers | laptop notebook computer desktop pc chromebook macbook tablet ipad server workstation processor cpu core intel amd ryzen xeon ghz
Electronics > Electronics Accessories | charger cable adapter usb hdmi battery power bank case screen protector keyboard mouse memory card ssd hard drive ram hub dock stand mount remote control
Electronics > GPS Navigation Systems | gps navigation sat nav satnav tracker
Electronics > Networking | router modem wifi switch ethernet access point mesh repeater nas
Electronics > Print, Copy, Scan & Fax | printer ink cartridge toner scanner copier inkjet laser
Electronics > Video | tv television led oled qled 4k uhd hd smart projector blu-ray dvd player streaming inch monitor screen
Electronics > Video Game Console Accessories | controller joystick gamepad gaming headset console charging
Electronics > Video Game Consoles | playstation xbox nintendo console switch wii
Food, Beverages & Tobacco > Beverages | tea coffee juice water soda cola drink beer wine whisky vodka gin espresso lemonade smoothie milk syrup squash energy sparkling
Food, Beverages & Tobacco > Food Items | food chocolate biscuit cookie cake bread snack chips crisps nut almond cashew rice pasta noodle flour sugar salt spice masala powder sauce ketchup oil olive vinegar honey jam cheese butter yoghurt egg chicken meat fish fruit vegetable tomato potato onion bean lentil dal cereal oats candy sweet soup pickle organic
Food, Beverages & Tobacco > Tobacco Products | tobacco cigar cigarette vape e-liquid rolling paper
Furniture > Baby & Toddler Furniture | crib cot cradle bassinet high chair changing table nursery
Furniture > Beds & Accessories | bed mattress headboard frame bunk
Furniture > Cabinets & Storage | cabinet wardrobe dresser chest drawer sideboard cupboard
Furniture > Chairs | chair armchair stool recliner rocking seat
Furniture > Office Furniture | office desk ergonomic workstation
Furniture > Outdoor Furniture | garden bench patio outdoor chair lounger hammock
Furniture > Shelving | shelf shelves bookcase bookshelf rack
Furniture > Sofas | sofa couch loveseat settee
Furniture > Tables | table coffee dining side nightstand console
Hardware > Building Consumables | paint primer sealant glue adhesive plaster mortar cement solder varnish
Hardware > Building Materials | tile flooring door window lumber timber insulation roofing panel laminate
Hardware > Hardware Accessories | screw nail bolt nut hinge hook bracket chain rope handle knob drawer hanger washer
Hardware > Heating, Ventilation & Air Conditioning | thermostat duct vent hvac radiator valve
Hardware > Locks & Keys | lock padlock key latch deadbolt
Hardware > Plumbing | faucet tap shower toilet sink pipe valve drain basin
Hardware > Power & Electrical Supplies | switch socket outlet wire plug extension generator solar inverter fuse
Hardware > Tool Accessories | drill bit blade sanding disc sandpaper chisel router
Hardware > Tools | tool drill hammer screwdriver saw wrench plier spanner sander grinder level tape measure ladder
Health & Beauty > Health Care | vitamin supplement tablet capsule medicine pain relief bandage plaster first aid thermometer blood pressure glucose brace mask sanitizer protein herbal condom
Health & Beauty > Personal Care | shampoo conditioner soap body wash shower gel lotion cream moisturizer moisturiser face serum skin hair deodorant perfume fragrance spray makeup lipstick mascara nail polish toothpaste toothbrush razor shaving beard sunscreen cosmetic cleanser sanitary pads cotton comb eau de toilette
Home & Garden > Bathroom Accessories | bath mat towel rail soap dish dispenser shower curtain toilet brush
Home & Garden > Business & Home Security | safe alarm cctv security camera doorbell
Home & Garden > Decor | decor clock frame mirror vase candle holder t-light tealight lantern cushion pillow rug curtain wall art picture ornament figurine wreath doormat artificial flower photo heart hanging decoration wicker vintage retro zinc
Home & Garden > Emergency Preparedness | emergency survival kit blanket
Home & Garden > Fireplaces | fireplace hearth log burner stove
Home & Garden > Flood, Fire & Gas Safety | smoke detector carbon monoxide extinguisher fire
Home & Garden > Household Appliance Accessories | vacuum bag hose filter spare appliance
Home & Garden > Household Appliances | washing machine washer dryer dishwasher vacuum cleaner iron steam fan heater humidifier dehumidifier purifier air conditioner laundry freestanding integrated rpm kg load
Home & Garden > Household Supplies | cleaner detergent laundry dishwash bleach disinfectant floor toilet cleaner tissue paper towel garbage bin bag mop broom brush sponge freshener insect repellent mosquito hanger storage basket
Home & Garden > Kitchen & Dining | kitchen pan pot saucepan cookware casserole frying knife cutlery spoon fork plate bowl mug cup glass tumbler bottle flask lunch box jar container baking tin tray chopping board teapot kettle toaster blender mixer juicer microwave oven fridge refrigerator freezer fridge-freezer cooker hob grill apron napkin coaster cakestand
Home & Garden > Lawn & Garden | garden lawn mower hose watering can plant pot planter spade rake pruner fertilizer bbq barbecue compost trimmer
Home & Garden > Lighting | lamp light bulb led ceiling chandelier spotlight fairy lights lantern torch night
Home & Garden > Linens & Bedding | duvet bed sheet pillowcase quilt blanket towel tablecloth bedding comforter throw
Home & Garden > Parasols & Rain Umbrellas | umbrella parasol
Home & Garden > Plants | plant seed bulb flower tree succulent herb bouquet
Home & Garden > Pool & Spa | pool spa hot tub sauna chlorine
Luggage & Bags > Backpacks | backpack rucksack school bag
Luggage & Bags > Cosmetic & Toiletry Bags | toiletry cosmetic makeup bag wash
Luggage & Bags > Luggage Accessories | luggage tag packing cube travel passport
Luggage & Bags > Shopping Totes | jumbo bag shopper shopping tote lunch bag
Luggage & Bags > Suitcases | suitcase trolley cabin carry-on luggage spinner
Media > Books | book novel paperback hardcover cookbook author edition guide audiobook ebook
Media > Magazines & Newspapers | magazine newspaper issue subscription
Media > Music & Sound Recordings | vinyl cd album lp record soundtrack
Media > Videos | dvd blu-ray movie film season series
Office Supplies > Filing & Organization | folder binder file calendar planner diary organizer index
Office Supplies > General Office Supplies | notebook notepad sticky note tape stapler paper clip label envelope eraser scissors glue stick card
Office Supplies > Office Equipment | calculator shredder laminator label maker
Office Supplies > Office Instruments | pen pencil marker highlighter ballpoint crayon ruler sharpener
Office Supplies > Presentation Supplies | whiteboard blackboard chalkboard easel pointer memo board
Office Supplies > Shipping Supplies | box carton mailer bubble wrap packing tape
Religious & Ceremonial > Religious Items | incense prayer rosary bible agarbatti diya pooja puja cross buddha menorah
Religious & Ceremonial > Wedding Ceremony Supplies | wedding ring pillow bridal aisle
Software > Computer Software | software antivirus license windows office download
Software > Video Game Software | video game ps4 ps5 xbox switch pc game edition
Sporting Goods > Athletics | football soccer basketball baseball tennis racket cricket bat hockey volleyball golf rugby badminton boxing
Sporting Goods > Fitness & General Exercise Equipment | yoga mat dumbbell treadmill kettlebell exercise resistance band fitness weight gym
Sporting Goods > Indoor Games | dart billiard table tennis foosball bowling pool cue
Sporting Goods > Outdoor Recreation | tent camping sleeping bag hiking fishing rod bicycle bike cycling helmet ski snowboard kayak surf climbing skate scooter
Toys & Games > Games | board game card game dice chess playing cards domino
Toys & Games > Outdoor Play Equipment | trampoline swing slide playhouse sandbox water gun
Toys & Games > Puzzles | puzzle jigsaw rubik
Toys & Games > Toys | toy doll plush teddy bear lego block action figure toy car train playset robot kids children soft spaceboy dolly
Vehicles & Parts > Vehicle Parts & Accessories | car motorcycle tyre tire brake engine oil wiper headlight battery floor mat exhaust spark plug seat cover dash vehicle
Vehicles & Parts > Vehicles | scooter motorbike atv boat trailer electric vehicle`),
};

function entries(text: string): Taxonomy["categories"] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [category = "", words = ""] = line.split(" | ");
      return { category, words };
    });
}
