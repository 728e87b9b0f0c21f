# update firewall rule web-served-ports
gcloud compute firewall-rules update web-served-ports --project=my-project --allow=udp:53 --source-ranges=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16 --target-tags=web --no-disabled
# create template web-vm-HASH
gcloud compute instance-templates create web-vm-HASH --project=my-project --region=us-central1 --machine-type=e2-medium --image-project=ubuntu-os-cloud --image-family=ubuntu-2404-lts-amd64 --subnet=web-subnet --tags=web --labels=lbex=web --service-account=web-host@my-project.iam.gserviceaccount.com --scopes=cloud-platform --shielded-secure-boot --metadata='^;;;^user-data=...' --description='lbex web in us-central1: a host'
# roll out the template to group web-group
gcloud compute instance-groups managed rolling-action start-update web-group --project=my-project --region=us-central1 --version=template=web-vm-HASH --max-surge=3 --max-unavailable=0
# update autoscaler of web-group
gcloud compute instance-groups managed update-autoscaling web-group --project=my-project --region=us-central1 --min-num-replicas=2 --max-num-replicas=12
# wait for the hosts of web-group
gcloud compute instance-groups managed wait-until web-group --project=my-project --region=us-central1 --stable
# delete template web-vm-HASH
gcloud compute instance-templates delete web-vm-HASH --project=my-project --quiet
